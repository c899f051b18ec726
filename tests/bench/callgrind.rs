//! The files of callgrind.

use std::collections::BTreeMap;
use std::path::Path;

/// What a file says of all threads together.
#[derive(Clone, Copy)]
pub struct Count {
    /// Instructions, without those of the allocator, which depend on the state of the heap.
    pub instructions: u64,
    /// Calls of the allocator.
    pub allocations: u64,
}

impl Count {
    /// Reads a file.
    pub fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file)
            .expect("callgrind found no marks: build with their names, as tests/instructions does");
        let mut count = Self { instructions: 0, allocations: 0 };
        let mut names = Names::default();
        let (mut is_allocator, mut callee, mut is_of_callee) = (false, "", false);
        for line in text.lines() {
            if let Some(function) = line.strip_prefix("fn=") {
                is_allocator = is_of_allocator(names.get(function));
            } else if let Some(function) = line.strip_prefix("cfn=") {
                callee = names.get(function);
            } else if let Some(calls) = line.strip_prefix("calls=") {
                if ENTRIES.contains(&callee) && !is_allocator {
                    count.allocations += number(calls, 0);
                }
                // The next line is what the callee took, which stands with the callee, too.
                is_of_callee = true;
            } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
                if !is_allocator && !is_of_callee {
                    count.instructions += number(line, 1);
                }
                is_of_callee = false;
            }
        }
        assert!(count.instructions > 0 && count.allocations > 0, "callgrind counted nothing");
        count
    }
}

/// The functions by which a program allocates.
const ENTRIES: [&str; 4] = ["malloc", "calloc", "realloc", "aligned_alloc"];

/// Whether a function is part of the C library's allocator.
fn is_of_allocator(function: &str) -> bool {
    // In a recursion callgrind adds the depth.
    let function = function.split('\'').next().unwrap_or_default();
    let parts = ["_int_", "unlink_chunk", "malloc_consolidate", "sysmalloc", "systrim", "tcache_"];
    let entries = ["free", "posix_memalign", "memalign", "_mid_memalign"];
    parts.iter().any(|part| function.starts_with(part))
        || entries.contains(&function)
        || ENTRIES.contains(&function)
}

/// Callgrind writes a name once, with a number, and after that the number alone: `(7) malloc`, `(7)`.
#[derive(Default)]
struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn get(&mut self, written: &'a str) -> &'a str {
        let (number, name) = written.split_once(' ').unwrap_or((written, ""));
        if !name.is_empty() {
            self.0.insert(number, name);
        }
        self.0.get(number).copied().unwrap_or(name)
    }
}

fn number(line: &str, place: usize) -> u64 {
    line.split(' ').nth(place).unwrap().parse().unwrap()
}
