/** Words of the parallel coordinates of a comparison. */
import { catalogue } from "../../../base/language";
import { count } from "../../../base/number";
import { parallelWords } from "../../../charts/parallel/words";

const words = catalogue({
  en: {
    axes: "Axes",
    chooseAxes: "Choose axes",
    search: "Search parameters, metrics, tags",
    nothing: "Nothing of that name.",
    usual: "As by default",
    done: "Done",
    colourMenu: "Colour",
    ownColours: "each run its own",
    clear: "Clear ranges",
    compare: "Compare these",
    params: "Parameters that differ",
    metrics: "Metrics",
    tags: "Tags that differ",
    more: (n: number) => `${count(n)} more: search for them.`,
    none: "No parameter differs, and no metric has a number. Choose axes by hand.",
    duration: "Duration",
  },
  fr: {
    axes: "Axes",
    chooseAxes: "Choisir les axes",
    search: "Chercher des paramètres, métriques, étiquettes",
    nothing: "Rien de ce nom.",
    usual: "Par défaut",
    done: "Terminé",
    colourMenu: "Couleur",
    ownColours: "propre à chaque exécution",
    clear: "Effacer les intervalles",
    compare: "Comparer celles-ci",
    params: "Paramètres qui diffèrent",
    metrics: "Métriques",
    tags: "Étiquettes qui diffèrent",
    more: (n: number) => `${count(n)} de plus\u00a0: cherchez-les.`,
    none: "Aucun paramètre ne diffère et aucune métrique n'a de nombre. Choisissez des axes.",
    duration: "Durée",
  },
});

export const pageWords = () => ({ ...parallelWords(), ...words() });
