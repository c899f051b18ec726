// The parts of a list of cards, by when their next steps are due (F31).

import type { Section } from "@roadbook/core";
import { t } from "../lib/texts.svelte";

export function sectionName(section: Section | null): string | undefined {
  switch (section) {
    case "overdue":
      return t("board-section-overdue");
    case "today":
      return t("board-section-today");
    case "tomorrow":
      return t("board-section-tomorrow");
    case "thisWeek":
      return t("board-section-this-week");
    case "nextWeek":
      return t("board-section-next-week");
    case "thisMonth":
      return t("board-section-this-month");
    case "nextMonth":
      return t("board-section-next-month");
    case "later":
      return t("board-section-later");
    case "noNextStep":
      return t("board-no-next-step");
    case null:
      return undefined;
  }
}
