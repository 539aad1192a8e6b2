// @vitest-environment happy-dom
import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Boundary } from "@/components/boundary";
import { useDraft } from "@/hooks/use-draft";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

let isBroken = false;

function Writing() {
  const { draft, setDraft } = useDraft("new");
  if (isBroken) throw new Error("a mistake of ours");
  const onChange = (event: React.ChangeEvent<HTMLInputElement>) => setDraft({ text: event.target.value });
  return <input aria-label="Writing" value={draft?.text ?? ""} onChange={onChange} />;
}

test("a part that fails leaves the others alone, and what was written comes back with it", async () => {
  const report = vi.fn();
  vi.stubGlobal("reportError", report);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const world = createWorld();
  world.session.adopt(answer());
  const { user } = renderIn(
    world,
    <>
      <p>the rest of the page</p>
      <Boundary>
        <Writing />
      </Boundary>
    </>,
  );
  isBroken = false;
  await user.type(screen.getByRole("textbox", { name: "Writing" }), "half");
  isBroken = true;
  await user.keyboard("!");
  expect(screen.getByRole("alert").textContent).toContain("This part has failed");
  expect(screen.getByText("the rest of the page")).toBeDefined();
  expect(report).toHaveBeenCalled();

  isBroken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.getByRole("textbox", { name: "Writing" })).toHaveProperty("value", "half!");
  vi.unstubAllGlobals();
});
