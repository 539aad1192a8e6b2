import { expect, type Page } from "@playwright/test";
import { p95 } from "./percentiles";
import { type Account, add, anotherDevice, openTodos, programOf, test } from "./support";

const TIMES = 40;

/** From a press on one device to the row on another. */
const ACROSS = 300;

/** When Enter was pressed last in a page, by the clock that all pages of a machine share. */
async function noteEnter(page: Page): Promise<() => Promise<number>> {
  const noted = await page.evaluateHandle(() => {
    const last = { at: 0 };
    const note = ({ key, timeStamp }: KeyboardEvent) => {
      if (key === "Enter") last.at = performance.timeOrigin + timeStamp;
    };
    addEventListener("keydown", note, { capture: true });
    return last;
  });
  return () => noted.evaluate(({ at }) => at);
}

/** When the row of a todo is put into a page; it is looked for from when this has returned. */
async function noteArrival(page: Page, title: string): Promise<() => Promise<number>> {
  const noted = await page.evaluateHandle((label) => {
    const arrival = new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        if (!document.querySelector(`input[aria-label="${CSS.escape(label)}"]`)) return;
        observer.disconnect();
        resolve(performance.timeOrigin + performance.now());
      });
      observer.observe(document.body, { childList: true, subtree: true });
    });
    return { arrival };
  }, `Done: ${title}`);
  return () => noted.evaluate(({ arrival }) => arrival);
}

/** What one write takes here, with nobody waiting for it. */
async function writing(account: Account): Promise<number> {
  const program = await programOf(account);
  const taken: number[] = [];
  for (let turn = 0; turn < TIMES; turn++) {
    const started = performance.now();
    const answer = await program.post("/todos", { data: { title: `Alone ${turn}` } });
    expect(answer.status()).toBe(201);
    taken.push(performance.now() - started);
  }
  await program.dispose();
  return p95(taken);
}

test("what is added on one device is on the other before one looks up", async ({
  page,
  account,
  browser,
}) => {
  const request = await writing(account);
  const other = await anotherDevice(browser, account);
  await openTodos(page);
  await openTodos(other);
  // From then on both listen.
  await add(page, "The first one");
  await expect(other.getByRole("checkbox", { name: "Done: The first one" })).toBeVisible();

  const pressed = await noteEnter(page);
  const taken: number[] = [];
  for (let turn = 1; turn <= TIMES; turn++) {
    const arrived = await noteArrival(other, `Number ${turn}`);
    await add(page, `Number ${turn}`);
    taken.push((await arrived()) - (await pressed()));
  }
  const across = p95(taken);
  test.info().annotations.push({
    type: "measured",
    description: `95th percentiles in ms, from device to device and of one write: ${JSON.stringify({ across, request })}`,
  });
  expect(Math.min(...taken), "one clock").toBeGreaterThan(0);
  // A write, the news of it and a read, each as long as a request takes: a slow machine is slow in all of them.
  expect(across).toBeLessThan(Math.max(ACROSS, 6 * request));
  await other.context().close();
});
