// `?`: every shortcut that works on the page one is on.

import { Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Fragment } from "react";
import { useLocale, useT } from "../i18n/locale";
import classes from "./shell.module.css";
import { useShortcutList, useShortcuts } from "./shortcuts";

const SHOWN: Record<string, string> = { Escape: "Esc", ArrowDown: "↓", ArrowUp: "↑" };

export function Help() {
  const t = useT("keys");
  const { messages } = useLocale();
  const [isOpen, { open, close }] = useDisclosure(false);
  const groups = useShortcutList();
  useShortcuts("general", [{ keys: "?", label: (all) => all.keys.help, run: open }]);
  return (
    <Modal opened={isOpen} onClose={close} title={t.title} size="lg">
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
