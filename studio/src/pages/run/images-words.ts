/** Words of the tab of images. */
import { catalogue } from "../../base/language";
import { number } from "../../base/number";

export const imagesWords = catalogue({
  en: {
    place: "Images",
    step: "Step",
    stepOf: (step: number, last: number) => `${number(step)} / ${number(last)}`,
    play: "Play",
    pause: "Pause",
    pin: "Pin this step",
    unpin: "Unpin",
    side: "Side by side",
    blink: "Blink",
    pinned: (step: number) => `pinned: step ${number(step)}`,
    atStep: (step: number) => `step ${number(step)}`,
    notYet: "Not logged yet at this step",
    files: "Files",
    none: "This run logged no images",
    noneText: "Log a picture, or a plot as it stands, once or again and again:",
    keys: {
      next: "Next step (Shift: ten)",
      previous: "Previous step (Shift: ten)",
      play: "Play or pause",
      pin: "Pin this step",
    },
  },
  fr: {
    place: "Images",
    step: "Pas",
    stepOf: (step: number, last: number) => `${number(step)} / ${number(last)}`,
    play: "Lecture",
    pause: "Pause",
    pin: "Épingler ce pas",
    unpin: "Détacher",
    side: "Côte à côte",
    blink: "Alterner",
    pinned: (step: number) => `épinglé : pas ${number(step)}`,
    atStep: (step: number) => `pas ${number(step)}`,
    notYet: "Pas encore enregistrée à ce pas",
    files: "Fichiers",
    none: "Cette exécution n'a enregistré aucune image",
    noneText: "Enregistrez une image, ou un graphique tel qu'il est, une fois ou à répétition :",
    keys: {
      next: "Pas suivant (Maj : dix)",
      previous: "Pas précédent (Maj : dix)",
      play: "Lecture ou pause",
      pin: "Épingler ce pas",
    },
  },
});
