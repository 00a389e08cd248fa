import { ShieldCheck } from "lucide-react";
import { api, body, text, useSubmit } from "@/api";
import { Banner, Button, Field, Input } from "@/look";
import { Entrance, Wrong } from "./Entrance";
import { NewNameField, NewPasswordField } from "./fields";
import { useEntry } from "./useEntry";

export function FirstOwner() {
  const token = location.hash.slice(1);
  const enter = useEntry();
  const form = useSubmit(async (data) => {
    const me = await body(
      api.POST("/api/v1/first-owner", {
        body: {
          token,
          name: text(data, "name"),
          email: text(data, "email") || null,
          password: text(data, "password"),
        },
      }),
    );
    enter(me, "/");
  });
  return (
    <Entrance
      title="Become the first owner"
      lead="You administer this server from now on. You can invite others in the next minute."
    >
      {!token && (
        <Banner tone="warn" title="This link is not whole">
          Open the very link that the server printed when it started, with all that stands behind the #.
        </Banner>
      )}
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("name", "email", "password")} />
        <NewNameField error={form.at("name")} />
        <Field
          label="E-mail address"
          optional
          error={form.at("email")}
          hint="For another password, if you forget it."
        >
          <Input name="email" type="email" autoComplete="email" />
        </Field>
        <NewPasswordField error={form.at("password")} />
        <Button
          type="submit"
          kind="primary"
          size="large"
          icon={ShieldCheck}
          busy={form.isBusy}
          disabled={!token}
        >
          Make the account
        </Button>
      </form>
    </Entrance>
  );
}
