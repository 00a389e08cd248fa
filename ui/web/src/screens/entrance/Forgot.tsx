import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, body, text, useSubmit, waysQuery } from "@/api";
import { Banner, Button, Field, Input } from "@/look";
import { Entrance, Wrong } from "./Entrance";

export function Forgot() {
  const { data: ways } = useQuery(waysQuery);
  const [isSent, sent] = useState(false);
  const form = useSubmit(async (data) => {
    await body(api.POST("/api/v1/password-reset", { body: { name: text(data, "name") } }));
    sent(true);
  });
  const back = (
    <p className="text-muted">
      <Link href="/sign-in" className="underline underline-offset-2 hover:text-ink">
        Back to signing in
      </Link>
    </p>
  );
  if (ways && !ways.mail) {
    return (
      <Entrance title="Another password" lead="This server sends no mail, so a link has to be handed to you.">
        <Banner tone="info">
          Ask whoever runs the server for a link. It is made there by: <code>backdraft users reset NAME</code>
        </Banner>
        {back}
      </Entrance>
    );
  }
  return (
    <Entrance title="Another password" lead="You get a letter with a link that is good for an hour.">
      {isSent ? (
        <Banner tone="ok" title="Look into your mail">
          If there is an account of that name with an address, a letter is on its way to it.
        </Banner>
      ) : (
        <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
          <Wrong problem={form.problem} />
          <Field label="Name or e-mail address">
            <Input name="name" autoComplete="username" autoCapitalize="none" required autoFocus />
          </Field>
          <Button type="submit" kind="primary" size="large" busy={form.isBusy}>
            Send the letter
          </Button>
        </form>
      )}
      {back}
    </Entrance>
  );
}
