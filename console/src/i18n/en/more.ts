// The English dictionaries of all other pages, by area; they come with the first of these pages.

import { account } from "./account";
import { admin } from "./admin";
import { approvals } from "./approvals";
import { embed } from "./embed";
import { entity } from "./entity";
import { exports } from "./exports";
import { integrity } from "./integrity";
import { ip } from "./ip";
import { object } from "./object";
import { overview } from "./overview";
import { quarantine } from "./quarantine";
import { sessions } from "./sessions";
import { signIn } from "./signIn";
import { user } from "./user";

export const more = {
  account,
  admin,
  approvals,
  embed,
  entity,
  exports,
  integrity,
  ip,
  object,
  overview,
  quarantine,
  sessions,
  signIn,
  user,
};
