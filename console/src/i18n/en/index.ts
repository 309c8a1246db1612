// The English dictionaries of what a first visit shows, by area.

import { drawer } from "./drawer";
import { keys } from "./keys";
import { log } from "./log";
import { nav } from "./nav";
import { shell } from "./shell";

export const messages = { drawer, keys, log, nav, shell };
