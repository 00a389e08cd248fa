import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, body, meQuery, type Schemas, text, useSubmit, waysQuery } from "@/api";
import { Banner, Button, buttonLook, Waiting } from "@/look";
import { Entrance, Wrong } from "./Entrance";
import { NewNameField, NewPasswordField } from "./fields";
import { ProviderButton } from "./ProviderButton";
import { useEntry } from "./useEntry";

type Shown = Schemas["InvitationShownOut"];

export function Invitation() {
  const token = location.hash.slice(1);
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => body(api.POST("/api/v1/invitations/look", { body: { token } })),
    retry: false,
    enabled: Boolean(token),
  });
  const me = useQuery({ ...meQuery, retry: false });
  if (!token || invitation.error) {
    return (
      <Entrance
        title="This invitation is no longer good"
        lead="It was used, it is too old, or the link is not whole."
      >
        <Banner tone="info">Ask whoever invited you for another one.</Banner>
        <Link href="/" className={buttonLook()}>
          Go to Backdraft
        </Link>
      </Entrance>
    );
  }
  if (!invitation.data || (me.isPending && !me.error)) return <Waiting what="Loading" className="h-full" />;
  return (
    <Entrance title="You are invited" lead={<What of={invitation.data} />}>
      {me.data ? (
        <Accept token={token} of={invitation.data} name={me.data.name} />
      ) : (
        <SignUp token={token} of={invitation.data} />
      )}
    </Entrance>
  );
}

function What({ of }: { of: Shown }) {
  return (
    <>
      <strong className="text-ink">{of.made_by}</strong> invites you
      {of.project ? (
        <>
          {" "}
          into the project <strong className="text-ink">{of.project}</strong>, as {article(of.role ?? "")}.
        </>
      ) : (
        " to this server."
      )}
    </>
  );
}

function article(role: string): string {
  return /^[aeio]/.test(role) ? `an ${role}` : `a ${role}`;
}

function Accept({ token, of, name }: { token: string; of: Shown; name: string }) {
  const enter = useEntry();
  const queries = useQueryClient();
  const [isLeaving, leave] = useState(false);
  const form = useSubmit(async () => {
    const me = await body(api.POST("/api/v1/invitations/accept", { body: { token } }));
    enter(me, of.project ? `/projects/${of.project}` : "/");
  });
  const other = useSubmit(async () => {
    leave(true);
    await body(api.DELETE("/api/v1/session"));
    await queries.resetQueries();
    location.reload();
  });
  return (
    <>
      <Wrong problem={form.problem ?? other.problem} />
      <form onSubmit={form.onSubmit} className="flex flex-col">
        <Button type="submit" kind="primary" size="large" busy={form.isBusy}>
          Accept as {name}
        </Button>
      </form>
      <form onSubmit={other.onSubmit}>
        <button
          type="submit"
          disabled={isLeaving}
          className="text-muted underline underline-offset-2 hover:text-ink"
        >
          I am not {name}
        </button>
      </form>
    </>
  );
}

function SignUp({ token, of }: { token: string; of: Shown }) {
  const { data: ways } = useQuery(waysQuery);
  const enter = useEntry();
  const form = useSubmit(async (data) => {
    const me = await body(
      api.POST("/api/v1/invitations/sign-up", {
        body: { token, name: text(data, "name"), password: text(data, "password") },
      }),
    );
    enter(me, of.project ? `/projects/${of.project}` : "/");
  });
  return (
    <>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("name", "password")} />
        <NewNameField error={form.at("name")} />
        <NewPasswordField error={form.at("password")} />
        <Button type="submit" kind="primary" size="large" busy={form.isBusy}>
          Make an account and come in
        </Button>
      </form>
      {ways?.provider && <ProviderButton invitation={token} />}
      <p className="text-muted">
        You have an account?{" "}
        <Link
          href="/sign-in"
          state={{ back: `/invitation#${token}` }}
          className="underline underline-offset-2 hover:text-ink"
        >
          Sign in to accept with it
        </Link>
      </p>
    </>
  );
}
