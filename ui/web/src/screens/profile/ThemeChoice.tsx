import { Monitor, Moon, Sun } from "lucide-react";
import { Section, type Theme, useTheme } from "@/look";

const THEMES: readonly { theme: Theme; label: string; hint: string; icon: typeof Sun }[] = [
  { theme: "system", label: "As the system", hint: "Changes when your system does.", icon: Monitor },
  { theme: "light", label: "Light", hint: "Always.", icon: Sun },
  { theme: "dark", label: "Dark", hint: "Always.", icon: Moon },
];

export function ThemeChoice() {
  const { theme, choose } = useTheme();
  return (
    <div className="pt-5">
      <Section title="Theme" lead="Kept in this browser.">
        <fieldset className="grid gap-3 sm:grid-cols-3">
          <legend className="sr-only">Theme</legend>
          {THEMES.map(({ theme: each, label, hint, icon: Icon }) => (
            <label
              key={each}
              className="flex cursor-pointer flex-col gap-2 rounded-lg border p-4 hover:bg-hover has-checked:border-ink has-checked:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-info-solid"
            >
              <input
                type="radio"
                name="theme"
                value={each}
                checked={theme === each}
                onChange={() => choose(each)}
                className="sr-only"
              />
              <Icon aria-hidden className="size-5 text-muted" />
              <span className="font-medium">{label}</span>
              <span className="text-muted text-xs">{hint}</span>
            </label>
          ))}
        </fieldset>
      </Section>
    </div>
  );
}
