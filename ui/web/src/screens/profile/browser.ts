/** What a browser calls itself, as people call it: `Firefox on Linux`. */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

export function browserOf(program: string): string {
  const browser = BROWSERS.find(([mark]) => mark.test(program))?.[1];
  const system = SYSTEMS.find(([mark]) => mark.test(program))?.[1];
  if (!browser) return program.split(/[ /]/)[0] || "An unknown program";
  return system ? `${browser} on ${system}` : browser;
}
