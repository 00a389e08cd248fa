// Before the first paint: the theme that was chosen here, so that nobody is dazzled. src/look/theme.ts keeps it.
(() => {
  try {
    const chosen = localStorage.getItem("backdraft.theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch {
    // a browser that keeps nothing gets the theme of the system
  }
})();
