import { expect, it } from "vitest";
import { KEPT, Lines, type LogLine } from "./lines";

const line = (text: string): LogLine => ({ component: "api", replica: 1, time: 1, stream: "stdout", text });

it("tells what was added once a frame, however much it was", () => {
  const frames: (() => void)[] = [];
  const lines = new Lines((act) => frames.push(act));
  let told = 0;
  lines.subscribe(() => {
    told += 1;
  });
  for (let count = 0; count < 100; count += 1) lines.add(line(`${count}`));
  expect([frames.length, told, lines.now().lines.length]).toEqual([1, 0, 0]);
  frames[0]?.();
  expect([told, lines.now().lines.length]).toEqual([1, 100]);
});

it("uses the frames of the browser", async () => {
  const lines = new Lines();
  lines.add(line("hello"));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  expect(lines.now().lines.map((each) => each.text)).toEqual(["hello"]);
});

it("keeps the newest, and says how many are gone", () => {
  const frames: (() => void)[] = [];
  const lines = new Lines((act) => frames.push(act));
  const many = KEPT * 1.5 + 1;
  for (let count = 0; count < many; count += 1) lines.add(line(`${count}`));
  frames[0]?.();
  expect([lines.now().lines.length, lines.now().dropped]).toEqual([KEPT, many - KEPT]);
  expect(lines.now().lines.at(-1)?.text).toBe(`${many - 1}`);
});
