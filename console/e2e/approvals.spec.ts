// Approvals: who approved their own request, and one case as evidence, in few clicks.

import { expect, test } from "./annals";
import { drawer, rows } from "./log";
import { APPROVAL, OWL, OWN_APPROVAL } from "./story";

// From the menu: what was found, the case, the people that were compared, the event that shows it.
test("who approved their own request", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "Approvals" }).click();
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("combobox", { name: "Findings" }).selectOption("self_approval");
  await expect(page).toHaveURL(/finding=self_approval/);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("Own approval");
  await rows(page).first().getByRole("link", { name: OWN_APPROVAL.name }).click();
  await expect(page).toHaveURL(/\/ui\/approvals\/ap-own-1/);
  const separation = page.getByRole("region", { name: "Approver ≠ requester" });
  await expect(separation).toContainText("The requester is also an approver.");
  await expect(separation.getByRole("link", { name: OWL.operator })).toHaveCount(3);
  await expect(page.getByText("One person approved more than once.")).toBeVisible();
  const way = page.getByRole("list", { name: "From request to deletion" });
  await way.getByRole("button", { name: "Level 1 approved" }).click();
  await expect(drawer(page)).toContainText("Verified in this browser");
  await drawer(page)
    .getByRole("link", { name: `Dossier of ${OWN_APPROVAL.name}` })
    .click();
  await expect(page).not.toHaveURL(/event=/);
});

// One case after the book: everything of it stands there although the platform has deleted it all.
test("a case from the request to the deletion", async ({ page }) => {
  await page.goto(`/ui/object?type=approval&id=${APPROVAL.id}`);
  await page.getByRole("link", { name: "Approval dossier" }).click();
  await expect(page.getByRole("heading", { name: APPROVAL.name })).toBeVisible();
  const way = page.getByRole("list", { name: "From request to deletion" });
  const steps = ["Requested", "Level 1 approved", "Level 2 approved", "Taken out", "Deleted"];
  await expect(way.getByRole("listitem")).toHaveCount(steps.length);
  for (const [place, step] of steps.entries()) {
    await expect(way.getByRole("listitem").nth(place)).toContainText(step);
  }
  await expect(way.getByText("Somebody other than the requester")).toHaveCount(2);
  const separation = page.getByRole("region", { name: "Approver ≠ requester" });
  await expect(separation).toContainText("Approver and requester are different people.");
  await expect(page.getByText("Nothing: it was deleted").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Policy in force" })).toContainText("2 levels");
  await way
    .getByRole("button", { name: /^Proof of event/ })
    .last()
    .click();
  await expect(drawer(page).getByText("Download proof")).toBeVisible();
});

// On paper: no tools, all of the case, and what a reader needs to check it.
test("a dossier is printed as evidence", async ({ page }) => {
  await page.goto(`/ui/approvals/${APPROVAL.id}`);
  await expect(page.getByRole("heading", { name: APPROVAL.name })).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText(/checked with annals verify/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
  await expect(page.getByRole("navigation")).toBeHidden();
});

// By keys alone: to the page, down the list, into a case, through its events.
test("approvals by keyboard", async ({ page }) => {
  await page.goto("/ui/log");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.locator("body").press("g");
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { name: "Approvals", level: 1 })).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/ui\/approvals\/.+/);
  await expect(page.getByRole("list", { name: "From request to deletion" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(drawer(page)).toContainText("Verified in this browser");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/event=/);
});

// Who may see nothing of a case sees no case.
test.describe("nothing to see", () => {
  // The browser notes that the server answered 404.
  test.use({ allowed: /404/ });

  test("an approval that nobody knows", async ({ page }) => {
    await page.goto("/ui/approvals/nowhere");
    await expect(page.getByText("Nothing is known of this approval")).toBeVisible();
  });
});
