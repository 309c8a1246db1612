// Positions of events; each opens its event beside the page.

import { useLocale, useT } from "../../i18n/locale";
import button from "../../ui/button.module.css";
import type { Open } from "./DossierPage";
import classes from "./events.module.css";

export function EventButtons({ events, onOpen }: { events: number[]; onOpen: Open }) {
  const t = useT("approvals");
  const { format } = useLocale();
  return (
    <span className={classes.events}>
      {events.map((index) => (
        <button
          key={index}
          type="button"
          className={`${button.small} ${classes.event} figures`}
          aria-label={t.open(format.number(index))}
          title={t.open(format.number(index))}
          onClick={() => onOpen(index)}
        >
          #{format.number(index)}
        </button>
      ))}
    </span>
  );
}
