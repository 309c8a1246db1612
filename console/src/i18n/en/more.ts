// The English dictionaries of all other pages, by area; they come with the first of these pages.

import { account } from "./account";
import { admin } from "./admin";
import { embed } from "./embed";
import { exports } from "./exports";
import { integrity } from "./integrity";
import { quarantine } from "./quarantine";
import { signIn } from "./signIn";

export const more = { account, admin, embed, exports, integrity, quarantine, signIn };
