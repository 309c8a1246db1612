// `?` and Ctrl+/: every shortcut that works on the page one is on, and whether letters and signs do.

import { Checkbox, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Fragment } from "react";
import { useLocale, useT } from "../i18n/locale";
import type { Messages } from "../i18n/messages";
import classes from "./shell.module.css";
import { HELP_KEY, isSingle, useShortcutList, useShortcuts, useSingleKeys } from "./shortcuts";

const SHOWN: Record<string, string> = {
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
  [HELP_KEY]: "Ctrl+/",
};

export function Help() {
  const t = useT("keys");
  const { messages } = useLocale();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [takesSingle, takeSingle] = useSingleKeys();
  const label = (all: Messages) => all.keys.help;
  useShortcuts("general", [
    { keys: "?", label, run: open },
    { keys: HELP_KEY, label, run: open },
  ]);
  const groups = useShortcutList().map(({ name, shortcuts }) => ({
    name,
    shortcuts: shortcuts.filter(
      ({ keys }) => takesSingle || !keys.split(" ").some((key) => isSingle(key)),
    ),
  }));
  return (
    <Modal opened={isOpen} onClose={close} title={t.title} size="lg">
      <Checkbox
        className={classes.helpChoice}
        label={t.singleKeys}
        description={t.singleKeysText}
        checked={takesSingle}
        onChange={(event) => takeSingle(event.currentTarget.checked)}
      />
      <div className={classes.help}>
        {groups
          .filter((group) => group.shortcuts.length > 0)
          .map((group) => (
            <section key={group.name + group.shortcuts.map((one) => one.keys).join()}>
              <h3>{t[group.name]}</h3>
              <dl>
                {group.shortcuts.map((shortcut) => (
                  <Fragment key={shortcut.keys}>
                    <dt>
                      {shortcut.keys.split(" ").map((key) => (
                        <kbd key={key}>{SHOWN[key] ?? key}</kbd>
                      ))}
                    </dt>
                    <dd>{shortcut.label(messages)}</dd>
                  </Fragment>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Modal>
  );
}
