/** Opens a port on the host, or closes it (null). */
import type { TextChange } from "../changes";
import type { Publication } from "../drawing";
import { setAt } from "../setting";

const HERE = "127.0.0.1";

export function setPublication(
  text: string,
  name: string,
  port: string,
  publication: Publication | null,
): TextChange[] {
  return setAt(text, `components/${name}/publish/${port}`, publication && written(publication));
}

function written({ number, address }: Publication): string | number {
  if (address === HERE) return number;
  return `${address.includes(":") ? `[${address}]` : address}:${number}`;
}
