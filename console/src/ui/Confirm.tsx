// A question before something that cannot be undone. The way back has the focus.

import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./confirm.module.css";

export interface ConfirmProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The name of the act, such as `Delete`. */
  act: string;
  cancel: string;
  isBusy: boolean;
  onAct: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, act, cancel, isBusy, onAct, onClose }: ConfirmProps) {
  return (
    <Modal opened onClose={onClose} title={title} centered withCloseButton={false}>
      {children}
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {cancel}
        </Button>
        <Button color="red.9" loading={isBusy} onClick={onAct}>
          {act}
        </Button>
      </div>
    </Modal>
  );
}
