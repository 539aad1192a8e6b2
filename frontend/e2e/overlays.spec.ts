import { expect, type Locator, type Page } from "@playwright/test";
import { add, box, givenTodos, openDetails, openPalette, openTodos, test } from "./support";

const boundsOf = async (part: Locator) => {
  const bounds = await part.boundingBox();
  if (!bounds) throw new Error("it is not there");
  return bounds;
};

/** Once it stands still. */
async function toastIn(page: Page): Promise<Locator> {
  const toast = page.locator("[data-sonner-toast]").first();
  await expect(toast).toBeVisible();
  await toast.evaluate((element) =>
    Promise.all(element.getAnimations({ subtree: true }).map(({ finished }) => finished.catch(() => null))),
  );
  return toast;
}

/** The colour of one pixel of the window, as it is painted. */
async function paintedAt(page: Page, x: number, y: number): Promise<number[]> {
  const picture = (await page.screenshot({ clip: { x, y, width: 1, height: 1 } })).toString("base64");
  const reader = await page.context().newPage();
  const colour = await reader.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas?.drawImage(image, 0, 0);
    return [...(canvas?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
  }, picture);
  await reader.close();
  return colour;
}

for (const [size, viewport] of Object.entries({
  desktop: { width: 1280, height: 800 },
  tablet: { width: 800, height: 900 },
  phone: { width: 320, height: 568 },
})) {
  test(`on a ${size}, a toast covers no bar, and no boxes where there is room`, async ({
    page,
    account,
    context,
  }) => {
    await givenTodos(
      context,
      account,
      Array.from({ length: 15 }, (_, index) => ({ title: `Todo ${index}` })),
    );
    await page.setViewportSize(viewport);
    await openTodos(page);
    await add(page, "One more");
    await page.getByRole("button", { name: "Select", exact: true }).click();
    await page.getByRole("checkbox", { name: "Select: Todo 14", exact: true }).check();
    const bar = page.getByRole("region", { name: "With what is selected" });
    await expect(bar).toBeVisible();
    const toast = await toastIn(page);
    const overBar = async () => {
      const [above, below] = [await boundsOf(toast), await boundsOf(bar)];
      return below.y - (above.y + above.height);
    };
    await expect.poll(overBar).toBeGreaterThanOrEqual(0);
    await page.getByRole("button", { name: "Select nothing" }).click();
    await expect(bar).toHaveCount(0);
    await add(page, "Another one");
    const { x, y, width, height } = await boundsOf(await toastIn(page));
    if (size === "desktop") {
      const tick = await boundsOf(box(page, "Todo 14"));
      const open = await boundsOf(page.getByRole("button", { name: "Details of “Todo 14”" }));
      expect(x).toBeGreaterThanOrEqual(tick.x + tick.width);
      expect(x + width).toBeLessThanOrEqual(open.x);
    } else {
      const views = await boundsOf(page.getByRole("navigation", { name: "Views" }).last());
      expect(y + height).toBeLessThanOrEqual(views.y);
    }
  });
}

test("a toast is not on paper, and not above a dialog", async ({ page, account: _ }) => {
  await openTodos(page);
  await add(page, "Something");
  const toast = await toastIn(page);
  await page.emulateMedia({ media: "print" });
  await expect(toast).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await openPalette(page);
  await expect(toast).toBeVisible();
  const { x, y, width, height } = await boundsOf(toast);
  const isOnTop = await toast.evaluate(
    (element, at) => element.contains(document.elementFromPoint(at.x, at.y)),
    { x: x + width / 2, y: y + height / 2 },
  );
  expect(isOnTop).toBe(false);
});

test("what is behind a dialog is dark up to the edge of the window", async ({ account, context }) => {
  await givenTodos(context, account, [{ title: "Something" }]);
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await context.newPage();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await openTodos(page);
    const edges = async () => [await paintedAt(page, 1200, 700), await paintedAt(page, 1277, 700)];
    const [before] = await edges();
    await openPalette(page);
    const [inside, edge] = await edges();
    expect(inside).not.toEqual(before);
    for (const [index, part] of (edge ?? []).entries()) {
      expect(Math.abs(part - (inside?.[index] ?? 0))).toBeLessThanOrEqual(2);
    }
    await page.close();
  }
});

test("a long tag stays in its line, and the ring around it in sight", async ({ page, account, context }) => {
  const tag = "Donaudampfschifffahrtsgesellschaftskapitän";
  const tags = [tag, ...Array.from({ length: 9 }, (_, index) => `tag${index}`)];
  await givenTodos(context, account, [
    { title: "Something", tags },
    { title: "More", tags: ["tag10", "zz"] },
  ]);
  await page.setViewportSize({ width: 1280, height: 600 });
  await openTodos(page);
  const side = page.getByRole("complementary").first();
  const links = side.getByRole("navigation").getByRole("link");
  await expect(links).toHaveCount(17);
  const area = side.getByRole("navigation").locator("..");
  expect(await area.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  for (const name of [/^Donau/, /^zz/]) {
    const link = side.getByRole("link", { name });
    await link.evaluate((element) => element.scrollIntoView({ block: "nearest" }));
    const [ring, room] = [await boundsOf(link), await boundsOf(area)];
    // Two pixels wide, two away.
    expect(ring.x - room.x).toBeGreaterThanOrEqual(4);
    expect(room.x + room.width - ring.x - ring.width).toBeGreaterThanOrEqual(4);
    expect(ring.y - room.y).toBeGreaterThanOrEqual(4);
    expect(room.y + room.height - ring.y - ring.height).toBeGreaterThanOrEqual(4);
  }
});

test("on a narrow phone four choices are in one line", async ({ page, account, context }) => {
  await givenTodos(context, account, [{ title: "Something" }]);
  await page.setViewportSize({ width: 320, height: 640 });
  await openTodos(page);
  const details = await openDetails(page, "Something");
  const radios = details.getByRole("group", { name: "Priority" }).getByRole("radio");
  await expect(radios).toHaveCount(4);
  const tops = await radios.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
});
