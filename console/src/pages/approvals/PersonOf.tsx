// Somebody in a case: the login, which leads to their page, and the other names of the event.

import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import links from "../../ui/link.module.css";
import type { Person } from "./cases";
import classes from "./person.module.css";
import { loginOf, otherNamesOf } from "./steps";

export function PersonOf({ person }: { person: Person }) {
  const login = loginOf(person);
  const others = otherNamesOf(person);
  return (
    <span className={classes.person}>
      {person.operator ? (
        <GoLink to={paths.user(person.operator)} className={links.link}>
          {person.operator}
        </GoLink>
      ) : (
        login
      )}
      {others.length > 0 ? <span className="quiet"> ({others.join(", ")})</span> : null}
    </span>
  );
}
