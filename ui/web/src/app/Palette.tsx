import { Dialog as Radix } from "radix-ui";
import { create } from "zustand";
import { useOpener } from "@/look";
import { Commands } from "./Commands";

export const usePalette = create(() => ({ isOpen: false }));

/** Everything that can be done here, to be found by a few letters. */
export function Palette() {
  const isOpen = usePalette((state) => state.isOpen);
  const giveBack = useOpener(isOpen);
  const close = () => usePalette.setState({ isOpen: false });
  return (
    <Radix.Root open={isOpen} onOpenChange={(next) => usePalette.setState({ isOpen: next })}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-[#0008]" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
          className="-translate-x-1/2 fixed top-[14vh] left-1/2 z-40 w-[calc(100vw-32px)] max-w-xl animate-appear overflow-hidden rounded-xl border bg-overlay shadow-overlay focus:outline-none"
        >
          <Radix.Title className="sr-only">Commands</Radix.Title>
          {isOpen && <Commands close={close} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
