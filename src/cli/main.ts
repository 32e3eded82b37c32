#!/usr/bin/env node
console.log('Usage: thaw <command> [options]');
