//! A variable and its categories.

use std::collections::BTreeMap;

use super::TableError;

/// What a margin is called where a category would stand.
pub const TOTAL: &str = "Total";

/// A category of any level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Code or name, unique in its variable.
    pub code: String,
    /// The finest categories in it, ascending; itself, for one of the finest.
    pub leaves: Vec<u32>,
}

/// What people are divided by: categories of one or several levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Name.
    pub name: String,
    categories: Vec<Category>,
    leaves: usize,
}

impl Variable {
    /// A variable from its finest categories, each with the coarser ones that it lies in, coarsest first.
    ///
    /// A coarser category may bear the name of one inside it only when both are the same people.
    ///
    /// # Errors
    /// [`TableError::CategoryNamedTotal`], [`TableError::AmbiguousCategory`].
    pub fn new(name: &str, finest: &BTreeMap<String, Vec<String>>) -> Result<Self, TableError> {
        let leaf = |(index, code): (u32, &String)| Category { code: code.clone(), leaves: vec![index] };
        let mut categories: Vec<Category> = (0..).zip(finest.keys()).map(leaf).collect();
        let levels = finest.values().map(Vec::len).max().unwrap_or(0);
        for level in 0..levels {
            let mut coarser: BTreeMap<&String, Vec<u32>> = BTreeMap::new();
            for (index, parents) in (0..).zip(finest.values()) {
                if let Some(parent) = parents.get(level) {
                    coarser.entry(parent).or_default().push(index);
                }
            }
            for (code, leaves) in coarser {
                match categories.iter().find(|category| category.code == *code) {
                    Some(same) if same.leaves == leaves => {}
                    Some(_) => {
                        return Err(TableError::AmbiguousCategory { variable: name.to_owned(), code: code.clone() });
                    }
                    None => categories.push(Category { code: code.clone(), leaves }),
                }
            }
        }
        if categories.iter().any(|category| category.code == TOTAL) {
            return Err(TableError::CategoryNamedTotal(name.to_owned()));
        }
        Ok(Self { name: name.to_owned(), categories, leaves: finest.len() })
    }

    /// Categories: the finest in the order of their codes, then the coarser ones, coarsest level first.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// How many finest categories there are; they stand first.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// Index of the category with this code.
    pub fn position(&self, code: &str) -> Option<u32> {
        (0..).zip(&self.categories).find(|(_, category)| category.code == code).map(|(index, _)| index)
    }

    /// What a cell's category is called: its code, or `Total`.
    pub fn code(&self, category: Option<u32>) -> &str {
        category.map_or(TOTAL, |category| &self.categories[category as usize].code)
    }
}
