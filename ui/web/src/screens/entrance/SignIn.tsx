import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, keys, knownAs, type Me } from "@/api";
import { Button, Field, Input, PasswordInput } from "@/look";

export function SignIn() {
  const queries = useQueryClient();
  const [fault, setFault] = useState("");
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      const me = await body(
        api.POST("/api/v1/session", {
          body: { name: String(form.get("name")), password: String(form.get("password")) },
        }),
      );
      queries.setQueryData(keys.me, knownAs(me as Me));
      location.assign("/");
    } catch (error) {
      setFault(String(error));
    }
  }
  return (
    <form onSubmit={submit} className="mx-auto flex max-w-sm flex-col gap-4 py-20">
      <Field label="Name or e-mail address" error={fault}>
        <Input name="name" />
      </Field>
      <Field label="Password">
        <PasswordInput name="password" />
      </Field>
      <Button type="submit" kind="primary">
        Sign in
      </Button>
    </form>
  );
}
