// A page or a part of it that is on its way.

import { Loader } from "@mantine/core";
import classes from "./states.module.css";

export function Waiting() {
  return (
    <div className={classes.waiting} role="status" aria-live="polite">
      <Loader size="sm" type="dots" />
    </div>
  );
}
