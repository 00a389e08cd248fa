import { Field, Input, PasswordInput } from "@/look";

export function NewNameField({ error }: { error?: string }) {
  return (
    <Field label="Name" hint="What you sign in by: lower-case letters, digits, . _ and -" error={error}>
      <Input
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        pattern="[a-z0-9]([a-z0-9._\-]{0,38}[a-z0-9])?"
        title="lower-case letters, digits, . _ and -, at most 40"
        required
        autoFocus
      />
    </Field>
  );
}

interface NewPasswordFieldProps {
  name?: string;
  label?: string;
  error?: string;
}

export function NewPasswordField({ name = "password", label = "Password", error }: NewPasswordFieldProps) {
  return (
    <Field
      label={label}
      hint="At least 12 characters of any kind. A few words that only you put together are good."
      error={error}
    >
      <PasswordInput name={name} autoComplete="new-password" minLength={12} maxLength={256} required />
    </Field>
  );
}
