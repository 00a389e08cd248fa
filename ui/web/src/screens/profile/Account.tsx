import { api, body, type Me, text, useSubmit } from "@/api";
import { Badge, Button, Field, PasswordInput, Section, toast } from "@/look";
import { Wrong } from "../entrance/Entrance";
import { NewPasswordField } from "../entrance/fields";

export function Account({ me }: { me: Me }) {
  const roles = Object.entries(me.roles);
  return (
    <div className="flex flex-col gap-5 pt-5">
      <Section title="Who you are here">
        <dl className="grid grid-cols-[160px_1fr] gap-y-2.5">
          <dt className="text-muted">Name</dt>
          <dd className="font-medium">{me.name}</dd>
          <dt className="text-muted">E-mail address</dt>
          <dd>{me.email ?? <span className="text-faint">none</span>}</dd>
          <dt className="text-muted">On this server</dt>
          <dd className="flex flex-wrap gap-1">
            {me.is_administrator && <Badge>administrator</Badge>}
            {me.makes_projects && <Badge>makes projects</Badge>}
            {!me.is_administrator && !me.makes_projects && "member of projects"}
          </dd>
          <dt className="text-muted">In projects</dt>
          <dd className="flex flex-wrap gap-1">
            {roles.length
              ? roles.map(([project, role]) => (
                  <Badge key={project}>
                    {project}: {role}
                  </Badge>
                ))
              : "none"}
          </dd>
        </dl>
      </Section>
      {me.has_password ? (
        <Password />
      ) : (
        <Section
          title="Password"
          lead="You sign in with your organisation and have no password here. An administrator can give you a link to set one."
        />
      )}
    </div>
  );
}

function Password() {
  const form = useSubmit(async (data) => {
    await body(
      api.POST("/api/v1/me/password", { body: { password: text(data, "password"), new: text(data, "new") } }),
    );
    (document.getElementById("password-form") as HTMLFormElement | null)?.reset();
    toast("The password is changed. Every other browser of yours is signed out.");
  });
  // a fault of the new password is told at `password` by the server as well; its type says which is meant
  const isNew = form.problem?.type === "weak-password";
  return (
    <Section title="Password" lead="Another password signs you out in every other browser.">
      <form id="password-form" onSubmit={form.onSubmit} className="flex max-w-sm flex-col gap-4">
        <Wrong problem={form.elsewhere("password", "new")} />
        <Field label="Password until now" error={isNew ? undefined : form.at("password")}>
          <PasswordInput name="password" autoComplete="current-password" required />
        </Field>
        <NewPasswordField
          name="new"
          label="New password"
          error={isNew ? form.at("password") : form.at("new")}
        />
        <Button type="submit" className="self-start" busy={form.isBusy}>
          Change the password
        </Button>
      </form>
    </Section>
  );
}
