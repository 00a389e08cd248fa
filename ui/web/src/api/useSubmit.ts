/** A form that is sent: while it is under way it cannot be sent again, and what was wrong is told to its fields. */
import { type FormEvent, useState } from "react";
import { Problem } from "./problem";

export interface Submission {
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  isBusy: boolean;
  problem: Problem | null;
  /** What is wrong with the field of that name. */
  at: (field: string) => string | undefined;
  /** What is wrong with none of the fields named. */
  elsewhere: (...fields: string[]) => Problem | null;
  clear: () => void;
}

export function useSubmit(act: (form: FormData) => Promise<unknown>): Submission {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function submit(form: FormData) {
    setBusy(true);
    setProblem(null);
    try {
      await act(form);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem("unexpected", 0, String(error)));
    } finally {
      setBusy(false);
    }
  }
  return {
    onSubmit: (event) => {
      event.preventDefault();
      if (!isBusy) void submit(new FormData(event.currentTarget));
    },
    isBusy,
    problem,
    at: (field) => problem?.at(field),
    elsewhere: (...fields) => (problem && !fields.some((field) => problem.at(field)) ? problem : null),
    clear: () => setProblem(null),
  };
}

/** What was typed into the field of that name. */
export function text(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === "string" ? value : "";
}
