const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgent);
const NAMES: Record<string, string> = {
  mod: IS_MAC ? "⌘" : "Ctrl",
  shift: IS_MAC ? "⇧" : "Shift",
  alt: IS_MAC ? "⌥" : "Alt",
  enter: "Enter",
  escape: "Esc",
  backspace: "⌫",
  delete: "Del",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
};

/** A shortcut as it stands on keys: `mod+k`, or one after the other: `g p`. */
export function Keys({ of }: { of: string }) {
  const presses = of === " " ? ["Space"] : of.split(" ");
  return (
    <span className="inline-flex items-center gap-1">
      {presses
        .flatMap((press) => (press === "+" ? ["+"] : press.split("+")))
        .map((key) => (
          <kbd
            key={key}
            className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border border-line-strong bg-sunken px-1 font-sans text-2xs text-muted"
          >
            {NAMES[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key)}
          </kbd>
        ))}
    </span>
  );
}
