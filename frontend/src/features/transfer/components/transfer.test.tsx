// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { CalendarSection } from "@/features/transfer/components/calendar-section";
import { ExportTodosSection } from "@/features/transfer/components/export-todos-section";
import { ImportSection } from "@/features/transfer/components/import-section";
import { recogniseFile } from "@/features/transfer/read-file";
import { saveFile } from "@/lib/save-file";
import { api, done, refusal } from "@/testing/answers";
import { createWorld, renderIn } from "@/testing/render";
import { anId } from "@/testing/todos";

vi.mock("@/lib/save-file", () => ({ saveFile: vi.fn() }));

const file = (content: string, name = "todos.json") => new File([content], name);

describe("recogniseFile", () => {
  test.each([
    ['{"format": "daybook.todos"}', "daybook"],
    ["TYPE,CONTENT,DESCRIPTION,PRIORITY\ntask,Call Mira,,1", "todoist"],
    ["\uFEFFTYPE,CONTENT\n", "todoist"],
    [' [{"tasks": []}]', "vikunja"],
  ])("%j is of %s", async (content, format) => {
    expect(await recogniseFile(file(content))).toBe(format);
  });

  test.each(["no export", "", "a,b,c\n1,2,3"])("does not take %j", async (content) => {
    await expect(recogniseFile(file(content))).rejects.toThrow("no export of Daybook");
  });

  test("does not read what is too large", async () => {
    const large = Object.defineProperty(file("{}"), "size", { value: 70_000_000 });
    await expect(recogniseFile(large)).rejects.toThrow("larger than 60 MB");
  });
});

describe("importing", () => {
  const report = {
    imported: 2,
    updated: 1,
    unchanged: 0,
    skipped: [{ line: 4, reason: "has no title" }],
    notes: [{ line: 2, reason: "comments" }],
  };

  test("says what became of it", async () => {
    const { send, asked } = api({ "POST /todos/import": Response.json(report) });
    const { user } = renderIn(createWorld({ send }), <ImportSection />);
    await user.upload(screen.getByLabelText("File to import"), file('[{"tasks": []}]'));
    expect(await screen.findByText("1 entry was left out")).toBeDefined();
    expect(screen.getByText("2 new, 1 brought up to date, 0 were here already.")).toBeDefined();
    expect(screen.getByText("Entry 4: has no title")).toBeDefined();
    expect(screen.getByText("Entry 2: comments")).toBeDefined();
    expect(asked).toEqual([{ call: "POST /todos/import", body: [{ tasks: [] }] }]);
  });

  test("counts what comes in, says what stays when it breaks off, and goes on", async () => {
    let answerFirst = (_response: Response) => {};
    const { send, asked } = api({
      "POST /todos/import": [
        () => new Promise((resolve) => (answerFirst = resolve)),
        Response.json({ ...report, skipped: [], notes: [] }),
      ],
    });
    const world = createWorld({ send });
    const stop = world.store.start();
    const { user } = renderIn(world, <ImportSection />);
    await waitFor(() => expect(world.store.snapshot().complete).toBe(true));
    await user.upload(screen.getByLabelText("File to import"), file('[{"tasks": []}]'));
    await screen.findByText("Importing “todos.json”");
    world.server.add({ id: anId(1), title: "one" }, { id: anId(2), title: "two" });
    expect(await screen.findByText("2 todos are in")).toBeDefined();
    answerFirst(refusal(504, "timeout"));
    expect(await screen.findByText(/^What came in until then stays/)).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Everything is imported")).toBeDefined();
    expect(asked).toHaveLength(2);
    stop();
  });

  test("does not send what is no list of todos", async () => {
    const { send, asked } = api({});
    const { user } = renderIn(createWorld({ send }), <ImportSection />);
    await user.upload(screen.getByLabelText("File to import"), file("no todos", "photo.json"));
    expect((await screen.findByRole("alert")).textContent).toContain(
      "This is no export of Daybook, Todoist or Vikunja.",
    );
    expect(asked).toEqual([]);
  });
});

describe("exporting", () => {
  test("gives the file of the server, or says why not", async () => {
    const { send } = api({
      "GET /todos/export": [refusal(503, "unavailable"), Response.json({ todos: ["all"] })],
    });
    const { user } = renderIn(createWorld({ send }), <ExportTodosSection />);
    await user.click(screen.getByRole("button", { name: "Download todos" }));
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => expect(saveFile).toHaveBeenCalledTimes(1));
    const [name, content] = vi.mocked(saveFile).mock.calls[0] ?? [];
    expect(name).toMatch(/^daybook-todos-\d{4}-\d\d-\d\d\.json$/);
    expect(await content?.text()).toBe('{"todos":["all"]}');
  });
});

describe("the calendar", () => {
  test("is shared under an address, renewed and ended", async () => {
    const { send, asked } = api({
      "GET /todos/calendar": Response.json({ created_at: null }),
      "POST /todos/calendar": [
        Response.json(
          { url: "https://a.test/calendar/one.ics", created_at: "2026-11-22T10:00:00Z" },
          { status: 201 },
        ),
        Response.json(
          { url: "https://a.test/calendar/two.ics", created_at: "2026-11-22T10:00:00Z" },
          { status: 201 },
        ),
      ],
      "DELETE /todos/calendar": done(),
    });
    const { user } = renderIn(createWorld({ send }), <CalendarSection />);
    await user.click(await screen.findByRole("button", { name: "Make an address" }));
    expect(await screen.findByText("https://a.test/calendar/one.ics")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "New address" }));
    await user.click(await screen.findByRole("button", { name: "Make a new one" }));
    expect(await screen.findByText("https://a.test/calendar/two.ics")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Stop sharing" }));
    await user.click(await screen.findByRole("button", { name: "Stop it" }));
    expect(await screen.findByRole("button", { name: "Make an address" })).toBeDefined();
    expect(asked.at(-1)?.call).toBe("DELETE /todos/calendar");
  });
});
