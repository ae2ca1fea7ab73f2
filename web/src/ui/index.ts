export { Button, Field } from './Button';
export { DataTable, numberText, sortRows, type SortOrder, type TableColumn } from './DataTable';
export { Dialog } from './Dialog';
export { Icon, type IconName } from './icons';
export { Badge, Sparkline, StatusMark, type BadgeTone } from './Marks';
export { Empty, Failure, Panel, shareText } from './Panel';
export { classes, classNames, countClasses, rankOf, shapes, wordOf } from './status';
