import { useQueryClient } from "@tanstack/react-query";
import { Download, ShieldCheck, Smartphone } from "lucide-react";
import { type ReactNode, useState } from "react";
import { renderSVG } from "uqr";
import { api, body, keys, type Me, text, useSubmit } from "@/api";
import {
  Badge,
  Banner,
  Button,
  CopyButton,
  CopyLine,
  Dialog,
  Field,
  Input,
  Moment,
  PasswordInput,
  Section,
  toast,
} from "@/look";
import { Wrong } from "../entrance/Entrance";

const FEW = 3;

export function SecondFactor({ me }: { me: Me }) {
  const queries = useQueryClient();
  const [asked, ask] = useState<"set up" | "renew" | "remove" | null>(null);
  const [secret, setSecret] = useState<{ secret: string; address: string } | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: keys.me });
  async function prove(password: string) {
    if (asked === "set up") {
      setSecret(await body(api.POST("/api/v1/me/second-factor", { body: { password } })));
    } else if (asked === "renew") {
      setCodes((await body(api.POST("/api/v1/me/recovery-codes", { body: { password } }))).recovery_codes);
      await changed();
    } else {
      await body(api.POST("/api/v1/me/second-factor/remove", { body: { password } }));
      toast("The second factor is removed. Every other browser of yours is signed out.");
      await changed();
    }
    ask(null);
  }
  return (
    <div className="flex flex-col gap-5 pt-5">
      {me.second_factor_since ? (
        <>
          <Section
            title={
              <span className="flex items-center gap-2">
                Authenticator app <Badge tone="ok">on</Badge>
              </span>
            }
            lead={
              <>
                Asked for at each sign-in, set up <Moment at={me.second_factor_since} />.
              </>
            }
            actions={
              <Button kind="danger" onClick={() => ask("remove")}>
                Remove
              </Button>
            }
          />
          <Section
            title="Recovery codes"
            lead="For when the app is lost. Each is good once."
            actions={<Button onClick={() => ask("renew")}>Make new codes</Button>}
          >
            {me.recovery_codes_left > FEW ? (
              `${me.recovery_codes_left} codes are left.`
            ) : (
              <Banner tone="warn">
                {me.recovery_codes_left === 1
                  ? "One code is left."
                  : `${me.recovery_codes_left} codes are left.`}{" "}
                Make new ones and write them down.
              </Banner>
            )}
          </Section>
        </>
      ) : (
        <Section
          title={
            <span className="flex items-center gap-2">
              Authenticator app <Badge>off</Badge>
            </span>
          }
          lead="With a second factor, a password that was stolen is not enough: each sign-in asks for a code that an app on your telephone makes from the time. Any app for one-time codes does."
          actions={
            <Button kind="primary" icon={Smartphone} onClick={() => ask("set up")}>
              Set up
            </Button>
          }
        />
      )}
      {asked && <Prove me={me} what={asked} prove={prove} onClose={() => ask(null)} />}
      {secret && (
        <SetUp
          secret={secret}
          onClose={() => setSecret(null)}
          onDone={async (made) => {
            setSecret(null);
            setCodes(made);
            await changed();
          }}
        />
      )}
      {codes && <Codes codes={codes} name={me.name} onClose={() => setCodes(null)} />}
    </div>
  );
}

interface ProveProps {
  me: Me;
  what: "set up" | "renew" | "remove";
  prove: (password: string) => Promise<void>;
  onClose: () => void;
}

const ASKED: Record<ProveProps["what"], [title: string, verb: string, warning: ReactNode]> = {
  "set up": ["Set up a second factor", "Go on", null],
  renew: ["Make new recovery codes", "Make new codes", "The codes until now are no longer good."],
  remove: [
    "Remove the second factor",
    "Remove",
    "From then on the password alone is enough to sign in as you.",
  ],
};

function Prove({ me, what, prove, onClose }: ProveProps) {
  const [title, verb, warning] = ASKED[what];
  const form = useSubmit((data) => prove(text(data, "password")));
  return (
    <Dialog
      open
      onClose={onClose}
      width="small"
      title={title}
      description={
        me.has_password
          ? "Say your password once more, so that nobody else does it at your screen."
          : undefined
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="prove"
            kind={what === "remove" ? "danger" : "primary"}
            busy={form.isBusy}
          >
            {verb}
          </Button>
        </>
      }
    >
      <form id="prove" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("password")} />
        {warning && <Banner tone="warn">{warning}</Banner>}
        {me.has_password && (
          <Field label="Password" error={form.at("password")}>
            <PasswordInput name="password" autoComplete="current-password" required autoFocus />
          </Field>
        )}
      </form>
    </Dialog>
  );
}

interface SetUpProps {
  secret: { secret: string; address: string };
  onClose: () => void;
  onDone: (codes: readonly string[]) => void;
}

function SetUp({ secret, onClose, onDone }: SetUpProps) {
  const form = useSubmit(async (data) => {
    const code = text(data, "code").replaceAll(" ", "");
    onDone((await body(api.POST("/api/v1/me/second-factor/confirm", { body: { code } }))).recovery_codes);
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Set up a second factor"
      description="Read the picture with the app, or type the secret into it; then type the code that it shows."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="second-factor" kind="primary" icon={ShieldCheck} busy={form.isBusy}>
            Turn it on
          </Button>
        </>
      }
    >
      <form id="second-factor" onSubmit={form.onSubmit} className="flex flex-col gap-4 sm:flex-row">
        <div
          role="img"
          aria-label="A QR code that holds the secret below"
          className="size-40 shrink-0 self-center overflow-hidden rounded-lg border bg-white p-1 [&>svg]:size-full"
          // biome-ignore lint/security/noDangerouslySetInnerHtml: made here, of nothing but squares
          dangerouslySetInnerHTML={{ __html: renderSVG(secret.address, { border: 1 }) }}
        />
        <div className="flex min-w-0 flex-1 flex-col gap-4">
          <div className="flex flex-col gap-1.5">
            <p className="font-medium">Secret</p>
            <CopyLine text={secret.secret} label="Copy the secret" />
          </div>
          <Wrong problem={form.elsewhere("code")} />
          <Field label="Code that the app shows" error={form.at("code")}>
            <Input
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              className="h-10 text-center font-mono text-lg tracking-[0.3em]"
              required
              autoFocus
            />
          </Field>
        </div>
      </form>
    </Dialog>
  );
}

interface CodesProps {
  codes: readonly string[];
  name: string;
  onClose: () => void;
}

function Codes({ codes, name, onClose }: CodesProps) {
  const all = codes.join("\n");
  function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(
      new Blob([`Recovery codes of ${name} for ${location.origin}\nEach is good once.\n\n${all}\n`]),
    );
    link.download = "backdraft-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keep these codes"
      description="For when the app is lost: each signs you in once. They are never shown again."
      footer={
        <>
          <Button icon={Download} onClick={download}>
            Download
          </Button>
          <Button kind="primary" onClick={onClose}>
            I have kept them
          </Button>
        </>
      }
    >
      <div className="relative">
        <ul
          aria-label="Recovery codes"
          className="grid grid-cols-2 gap-x-4 gap-y-1.5 rounded-md border bg-sunken px-4 py-3 font-mono text-sm"
        >
          {codes.map((each) => (
            <li key={each} className="whitespace-nowrap">
              {each}
            </li>
          ))}
        </ul>
        <div className="absolute top-1 right-1">
          <CopyButton text={all} label="Copy all codes" />
        </div>
      </div>
    </Dialog>
  );
}
