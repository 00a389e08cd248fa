/** The theme: that of the system, unless one was chosen in this browser. */
import { create } from "zustand";

export type Theme = "system" | "light" | "dark";
const KEY = "backdraft.theme";

function kept(): Theme {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : "system";
  } catch {
    return "system";
  }
}

interface ThemeState {
  theme: Theme;
  choose: (theme: Theme) => void;
}

export const useTheme = create<ThemeState>((set) => ({
  theme: kept(),
  choose: (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // a browser that keeps nothing forgets it with the page
    }
    set({ theme });
  },
}));

/** Whether the dark theme is shown now. */
export function isDark(): boolean {
  const chosen = useTheme.getState().theme;
  return chosen === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}
