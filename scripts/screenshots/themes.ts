/** The pictures' colours: a dark window, and the kernel's console as it is. */
import type { PictureTheme } from '../../test/support/picture-cells.ts';

export const windowTheme: PictureTheme = {
  ground: '#14181f',
  ink: '#d5dbe4',
  colors: ['#3a424f', '#ff6e6e', '#7ed18a', '#e8bf5a', '#74b2f7', '#cf97f2', '#62d0de', '#d5dbe4'],
  bar: '#1d232d',
  border: '#3a4453',
  title: '#9aa5b4',
};

/** VGA's colours; bold is drawn bright. */
export const consoleTheme: PictureTheme = {
  ground: '#000000',
  ink: '#b8b8b8',
  colors: ['#000000', '#d04a4a', '#3fc23f', '#c98f2e', '#5a78e0', '#c050c0', '#3fbfbf', '#b8b8b8'],
  boldColors: ['#606060', '#ff6a6a', '#6cff6c', '#ffff6c', '#8c9cff', '#ff6cff', '#6cffff', '#ffffff'],
  bar: '#1a1a1a',
  border: '#3c3c3c',
  title: '#a0a0a0',
};
