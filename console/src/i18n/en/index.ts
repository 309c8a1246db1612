// Every English dictionary, by area.

import { keys } from "./keys";
import { nav } from "./nav";
import { shell } from "./shell";

export const messages = { keys, nav, shell };
