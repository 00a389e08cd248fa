/** How the text looks: the tokens of both themes. Colour means state, so what is written differs in weight and shade. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const shades = HighlightStyle.define([
  {
    tag: [tags.definition(tags.propertyName), tags.propertyName],
    color: "var(--color-ink)",
    fontWeight: "600",
  },
  { tag: [tags.string, tags.content, tags.special(tags.string), tags.literal], color: "var(--color-muted)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--color-faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: "var(--color-faint)" },
  { tag: tags.invalid, color: "var(--color-bad)" },
]);

const theme = EditorView.theme({
  "&": {
    height: "100%",
    backgroundColor: "var(--color-raised)",
    color: "var(--color-ink)",
    fontSize: "12px",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "18px", scrollbarWidth: "thin" },
  ".cm-content": {
    padding: "8px 0",
    caretColor: "var(--color-ink)",
    fontFeatureSettings: '"liga" 0, "calt" 0',
  },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--color-ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#bcd2fb, #2b4a85)",
  },
  ".cm-content ::selection": { backgroundColor: "transparent" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--color-ink) 4%, transparent)" },
  ".cm-gutters": { backgroundColor: "var(--color-raised)", color: "var(--color-faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 4px 0 8px" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--color-ink)" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", padding: "0 2px" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--color-sunken)",
    border: "1px solid var(--color-line)",
    color: "var(--color-muted)",
    borderRadius: "4px",
    padding: "0 6px",
    margin: "0 4px",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--color-line-strong)",
    borderRadius: "2px",
  },
  ".cm-selected": {
    boxShadow: "inset 2px 0 var(--color-info-solid)",
    backgroundColor: "var(--color-info-soft)",
  },
  ".cm-reference": { color: "var(--color-ink)", fontWeight: "600" },

  ".cm-tooltip": {
    backgroundColor: "var(--color-overlay)",
    border: "1px solid var(--color-line)",
    borderRadius: "8px",
    boxShadow: "var(--shadow-overlay)",
    color: "var(--color-ink)",
    fontFamily: "var(--font-sans)",
    fontSize: "12px",
    lineHeight: "16px",
    overflow: "hidden",
    zIndex: "60",
  },
  ".cm-tooltip-hover": { maxWidth: "26rem" },
  ".cm-explanation": { padding: "8px 10px", display: "grid", gap: "4px" },
  ".cm-explanation code": { fontFamily: "var(--font-mono)", fontSize: "11px" },
  ".cm-explanation-title": { fontWeight: "600" },
  ".cm-explanation-more": { color: "var(--color-muted)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    maxHeight: "15em",
    padding: "4px",
    minWidth: "14rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    borderRadius: "4px",
    padding: "3px 8px",
    display: "flex",
    gap: "12px",
    alignItems: "baseline",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--color-pressed)",
    color: "var(--color-ink)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": {
    marginLeft: "auto",
    color: "var(--color-muted)",
    fontStyle: "normal",
    fontFamily: "var(--font-sans)",
    fontSize: "11px",
    whiteSpace: "nowrap",
  },
  ".cm-tooltip.cm-completionInfo": { padding: "0", maxWidth: "22rem" },

  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--color-bad-solid)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-lintRange-warning, .cm-lintRange-info": {
    backgroundImage: "none",
    textDecoration: "underline dotted var(--color-warn-solid)",
    textUnderlineOffset: "3px",
  },
  ".cm-diagnostic": { padding: "8px 10px", borderLeft: "3px solid", margin: "0" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--color-bad-solid)" },
  ".cm-diagnostic-info, .cm-diagnostic-warning": { borderLeftColor: "var(--color-warn-solid)" },
  ".cm-lint-marker": { width: "10px", height: "10px" },
  ".cm-lint-marker-error": { content: "none", borderRadius: "9999px", background: "var(--color-bad-solid)" },
  ".cm-lint-marker-info, .cm-lint-marker-warning": {
    content: "none",
    transform: "rotate(45deg)",
    background: "var(--color-warn-solid)",
  },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "4px 0 0 4px" },

  ".cm-panels": { backgroundColor: "var(--color-raised)", color: "var(--color-ink)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--color-line)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--color-line)" },
  ".cm-panel.cm-search": {
    padding: "8px 28px 8px 8px",
    fontFamily: "var(--font-sans)",
    fontSize: "12px",
    display: "flex",
    flexWrap: "wrap",
    gap: "4px 6px",
    alignItems: "center",
  },
  ".cm-panel.cm-search br": { flexBasis: "100%" },
  ".cm-panel.cm-search label": {
    fontSize: "12px",
    display: "inline-flex",
    gap: "4px",
    alignItems: "center",
    margin: "0",
  },
  ".cm-panel.cm-search [name=close]": {
    fontSize: "16px",
    color: "var(--color-muted)",
    top: "6px",
    right: "6px",
    width: "22px",
    height: "22px",
  },
  ".cm-textfield": {
    backgroundColor: "var(--color-ground)",
    border: "1px solid var(--color-line-strong)",
    borderRadius: "6px",
    padding: "3px 8px",
    margin: "0",
    fontSize: "12px",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--color-raised)",
    border: "1px solid var(--color-line-strong)",
    borderRadius: "6px",
    padding: "3px 8px",
    margin: "0",
    fontSize: "12px",
  },
  ".cm-button:hover": { backgroundColor: "var(--color-hover)" },
  ".cm-button:active": { backgroundImage: "none", backgroundColor: "var(--color-pressed)" },
  ".cm-searchMatch": {
    backgroundColor: "var(--color-warn-soft)",
    outline: "1px solid var(--color-warn-solid)",
  },
  ".cm-searchMatch-selected": { backgroundColor: "light-dark(#f6d78f, #6b5310)" },

  ".cm-merge-b .cm-changedLine, .cm-inlineChangedLine, .cm-insertedLine": {
    backgroundColor: "var(--color-ok-soft)",
  },
  ".cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--color-bad-soft)" },
  ".cm-deletedChunk": { paddingLeft: "6px" },
  ".cm-deletedChunk .cm-deletedLine, .cm-deletedChunk .cm-deletedText": { textDecoration: "none" },
  ".cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText, .cm-changedLine .cm-changedText": {
    background: "color-mix(in srgb, var(--color-ok-solid) 30%, transparent)",
    borderRadius: "2px",
  },
  ".cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText, .cm-deletedLine .cm-changedText": {
    background: "color-mix(in srgb, var(--color-bad-solid) 28%, transparent)",
    borderRadius: "2px",
  },
  ".cm-changeGutter": { width: "3px", paddingLeft: "0" },
  ".cm-changedLineGutter": { background: "var(--color-ok-solid)" },
  ".cm-deletedLineGutter": { background: "var(--color-bad-solid)" },
  ".cm-collapsedLines": {
    color: "var(--color-muted)",
    background: "var(--color-sunken)",
    fontFamily: "var(--font-sans)",
    padding: "4px 12px",
    cursor: "pointer",
  },
});

/** Fonts, colours and highlighting of every text that CodeMirror shows. */
export const look: Extension = [theme, syntaxHighlighting(shades)];
