import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { api, body, type Me, Problem, text, useSubmit, waysQuery } from "@/api";
import { Banner, Button, Field, Input, PasswordInput } from "@/look";
import { Entrance, Wrong } from "./Entrance";
import { ProviderButton } from "./ProviderButton";
import { useEntry } from "./useEntry";

/** What the way back from a provider says in the address. */
function told(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

export function SignIn() {
  const [step, setStep] = useState(() => told().get("second-step") ?? "");
  if (step) return <SecondStep token={step} again={() => setStep("")} />;
  return <FirstStep goOn={setStep} />;
}

function FirstStep({ goOn }: { goOn: (token: string) => void }) {
  const { data: ways } = useQuery(waysQuery);
  const enter = useEntry();
  const form = useSubmit(async (data) => {
    const answer = await body(
      api.POST("/api/v1/session", { body: { name: text(data, "name"), password: text(data, "password") } }),
    );
    if ("second_step" in answer) goOn(answer.second_step as string);
    else enter(answer as Me);
  });
  const refused = told().get("problem");
  return (
    <Entrance title="Sign in">
      {ways?.first_owner && (
        <Banner tone="info" title="Nobody owns this server yet">
          Open the link that it printed when it started: whoever has it becomes the first owner.
        </Banner>
      )}
      {refused && <Wrong problem={ofProvider(refused)} />}
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.problem} />
        <Field label="Name or e-mail address">
          <Input name="name" autoComplete="username" autoCapitalize="none" required autoFocus />
        </Field>
        <Field label="Password">
          <PasswordInput name="password" autoComplete="current-password" required />
        </Field>
        <Button type="submit" kind="primary" size="large" busy={form.isBusy}>
          Sign in
        </Button>
      </form>
      {ways?.provider && <ProviderButton />}
      <p className="text-muted">
        <Link href="/forgot" className="underline underline-offset-2 hover:text-ink">
          Forgot the password?
        </Link>
      </p>
    </Entrance>
  );
}

function SecondStep({ token, again }: { token: string; again: () => void }) {
  const [isRecovery, setRecovery] = useState(false);
  const enter = useEntry();
  const form = useSubmit(async (data) => {
    enter(
      await body(
        api.POST("/api/v1/session/second-step", { body: { token, code: text(data, "code").trim() } }),
      ),
    );
  });
  return (
    <Entrance
      title="Second step"
      lead={
        isRecovery
          ? "Type one of the recovery codes that you wrote down. Each is good once."
          : "Type the code that your authenticator app shows now."
      }
    >
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.problem} />
        <Field label={isRecovery ? "Recovery code" : "Code"}>
          <Input
            key={String(isRecovery)}
            name="code"
            inputMode={isRecovery ? "text" : "numeric"}
            autoComplete="one-time-code"
            className="h-10 text-center font-mono text-lg tracking-[0.3em]"
            required
            autoFocus
          />
        </Field>
        <Button type="submit" kind="primary" size="large" icon={KeyRound} busy={form.isBusy}>
          Sign in
        </Button>
      </form>
      <div className="flex flex-wrap gap-x-4 gap-y-1 text-muted">
        <button
          type="button"
          className="underline underline-offset-2 hover:text-ink"
          onClick={() => setRecovery(!isRecovery)}
        >
          {isRecovery ? "Use the app instead" : "Use a recovery code"}
        </button>
        <button type="button" className="underline underline-offset-2 hover:text-ink" onClick={again}>
          Sign in as somebody else
        </button>
      </div>
    </Entrance>
  );
}

const OF_PROVIDER: Record<string, [string, string]> = {
  "not-invited": [
    "Nobody has invited you",
    "ask an owner of a project, or an administrator, for an invitation",
  ],
  "provider-refused": ["The provider let nobody in", "sign in once more"],
  "wrong-credentials": ["That account may not sign in", "ask an administrator"],
};

function ofProvider(type: string): Problem {
  const [title, remedy] = OF_PROVIDER[type] ?? [
    "Signing in with the provider did not work",
    "sign in once more",
  ];
  return new Problem(type, 0, title, "", "", remedy);
}
