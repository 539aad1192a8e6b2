const HEBREW = /[\u0590-\u05ff]/;
const LATIN = /[a-z]/i;
/** What stands between isolating characters is on its own. */
const ISOLATED = /\u2068[^\u2069]*\u2069/g;

/** What a person wrote in Hebrew, wherever it is shown without a direction of its own: it turns around what is beside it. */
export function unguarded(root: ParentNode = document): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll("*")) {
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const text = own.map(({ textContent }) => textContent ?? "").join("");
    const value = (element as HTMLInputElement).value;
    const written = typeof value === "string" && element.matches("input, textarea") ? value : text;
    const isHidden = element.closest("[hidden], option, title, .sr-only") !== null;
    if (HEBREW.test(written.replace(ISOLATED, "")) && !isHidden && !element.closest("bdi, [dir=auto]")) {
      found.push(`<${element.localName}> ${written}`);
    }
    const name = element.getAttribute("aria-label")?.replace(ISOLATED, "") ?? "";
    if (HEBREW.test(name) && LATIN.test(name)) found.push(`aria-label ${name}`);
  }
  return found;
}
