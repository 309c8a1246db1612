// A secret that is shown once. It closes by its button alone, so that no stray click loses it.

import { Button, Modal } from "@mantine/core";
import { useT } from "../../i18n/locale";
import { Copy } from "../../shell/Copy";
import classes from "../../ui/confirm.module.css";

interface OneTimeProps {
  title: string;
  text: string;
  secret: string;
  onClose: () => void;
}

export function OneTime({ title, text, secret, onClose }: OneTimeProps) {
  const t = useT("admin");
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <p>{text}</p>
      <Copy name={title} text={secret} />
      <div className={classes.actions}>
        <Button onClick={onClose}>{t.noted}</Button>
      </div>
    </Modal>
  );
}
