// @vitest-environment happy-dom
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { TextProvider } from "@/components/text-provider";
import { LanguageSection } from "@/features/settings/components/language-section";
import { createWorld, renderIn } from "@/testing/render";

afterEach(() => {
  const { documentElement: root } = document;
  root.removeAttribute("lang");
  root.removeAttribute("dir");
  delete root.dataset.wording;
});

const section = (world = createWorld()) => ({
  ...world,
  ...renderIn(
    world,
    <TextProvider>
      <LanguageSection />
    </TextProvider>,
  ),
});

test("the language of the browser is spoken, and the document shown once it is there", async () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["de-AT", "en"]);
  document.documentElement.dataset.wording = "loading";
  section();
  expect(await screen.findByRole("heading", { name: "Sprache" })).toBeDefined();
  const { lang, dir, dataset } = document.documentElement;
  await waitFor(() => expect([lang, dir, dataset.wording]).toEqual(["de", "ltr", undefined]));
});

test("another one can be chosen, here and in another tab", async () => {
  const { user, runtime } = section();
  await user.click(screen.getByRole("radio", { name: "Deutsch" }));
  expect(await screen.findByRole("heading", { name: "Sprache" })).toBeDefined();
  expect(document.documentElement.lang).toBe("de");
  act(() => void runtime.local.language.set("en"));
  await waitFor(() => expect(screen.getByRole("heading", { name: "Language" })).toBeDefined());
});
