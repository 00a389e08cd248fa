import { expect, it } from "vitest";
import { objects } from "./ndjson";

function answer(...parts: string[]): Response {
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(encoder.encode(part));
        controller.close();
      },
    }),
  );
}

async function all(response: Response): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const each of objects(response)) found.push(each);
  return found;
}

it("gives each object once its line is whole, however the lines are cut", async () => {
  expect(await all(answer('{"a":1}\n{"b"', ':2}\n{}\n\n{"c":', "3}"))).toEqual([
    { a: 1 },
    { b: 2 },
    {},
    { c: 3 },
  ]);
});

it("throws the problem of an answer that is none", async () => {
  const problem = { type: "/problems/not-found", title: "There is no such thing here", status: 404 };
  const response = new Response(JSON.stringify(problem), { status: 404 });
  await expect(all(response)).rejects.toMatchObject({ type: "not-found", status: 404 });
});
