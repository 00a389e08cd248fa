/** Lines of JSON as they come from the server. */
import { problemOf } from "@/api/problem";

/** Each object of an answer, once its line is whole. Throws a Problem for an answer that is no success. */
export async function* objects<T>(response: Response): AsyncGenerator<T> {
  if (!response.ok || !response.body) throw await problemOf(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) yield JSON.parse(line) as T;
  }
  if (rest.trim()) yield JSON.parse(rest) as T;
}
