import { useLocation } from "wouter";
import { api, body, text, useSubmit } from "@/api";
import { Banner, Button, toast } from "@/look";
import { Entrance, Wrong } from "./Entrance";
import { NewPasswordField } from "./fields";

export function Reset() {
  const token = location.hash.slice(1);
  const [, go] = useLocation();
  const form = useSubmit(async (data) => {
    await body(
      api.POST("/api/v1/password-reset/confirm", { body: { token, password: text(data, "password") } }),
    );
    toast("The password is changed: sign in with it.");
    go("/sign-in", { replace: true });
  });
  return (
    <Entrance
      title="Choose another password"
      lead="Every browser that is signed in as you is signed out by it."
    >
      {!token && (
        <Banner tone="warn" title="This link is not whole">
          Open the very link that you were given, with all that stands behind the #.
        </Banner>
      )}
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("password")} />
        <NewPasswordField label="New password" error={form.at("password")} />
        <Button type="submit" kind="primary" size="large" busy={form.isBusy} disabled={!token}>
          Change the password
        </Button>
      </form>
    </Entrance>
  );
}
