// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Where the console begins. */

import {Frame} from './frame.js';

new Frame(document.getElementById('console')).start();
