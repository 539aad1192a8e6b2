import type { Translate } from "@/lib/i18n/translate";

const BROWSERS = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
  [/python|httpx|aiohttp/i, "A script"],
] as const;

const SYSTEMS = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
] as const;

const find = (list: readonly (readonly [RegExp, string])[], text: string) =>
  list.find(([pattern]) => pattern.test(text))?.[1];

/** What a person calls the thing that signed in: “Firefox on Linux”. The server may say so itself, or pass on a user agent. */
export function deviceName(t: Translate, device: string | null): string {
  const text = device?.trim();
  if (!text) return t("Unknown device");
  const [browser, system] = [find(BROWSERS, text), find(SYSTEMS, text)];
  if (!text.includes("/")) return named(t, text);
  if (browser && system) return t("{browser} on {system}", { browser: t.any(browser), system });
  return t.any(browser ?? "") || system || text.slice(0, 60);
}

/** The server’s name, “Firefox on Linux”, in the person’s language. */
function named(t: Translate, text: string): string {
  const [, browser, system] = text.match(/^(.+) on (.+)$/) ?? [];
  return browser && system ? t("{browser} on {system}", { browser: t.any(browser), system }) : t.any(text);
}

export const isHandheld = (device: string | null): boolean =>
  /iPhone|iPad|Android|Mobile/i.test(device ?? "");
