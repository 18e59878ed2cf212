//! GSS 2021: the nineteen categories of the Census of England and Wales, and how they map to the list of 2001.

use super::{Group, NhsCategory};
use crate::domain::code_list::code_list;

code_list! {
    /// An ethnic category of the 2021 standard (England and Wales).
    Category, "an ethnic category of GSS 2021" {
        WhiteBritish = "white_british", "English, Welsh, Scottish, Northern Irish or British",
            "Cymreig, Seisnig, Albanaidd, Gwyddelig Gogledd Iwerddon neu Brydeinig";
        WhiteIrish = "white_irish", "Irish", "Gwyddelig";
        WhiteGypsyOrIrishTraveller = "white_gypsy_or_irish_traveller", "Gypsy or Irish Traveller", "Sipsi neu Deithiwr Gwyddelig";
        WhiteRoma = "white_roma", "Roma", "Roma";
        WhiteOther = "white_other", "Any other White background", "Unrhyw gefndir Gwyn arall";
        MixedWhiteAndBlackCaribbean = "mixed_white_and_black_caribbean", "White and Black Caribbean", "Gwyn a Du Caribïaidd";
        MixedWhiteAndBlackAfrican = "mixed_white_and_black_african", "White and Black African", "Gwyn a Du Affricanaidd";
        MixedWhiteAndAsian = "mixed_white_and_asian", "White and Asian", "Gwyn ac Asiaidd";
        MixedOther = "mixed_other", "Any other mixed or multiple ethnic background", "Unrhyw gefndir cymysg neu amlethnig arall";
        AsianIndian = "asian_indian", "Indian", "Indiaidd";
        AsianPakistani = "asian_pakistani", "Pakistani", "Pacistanaidd";
        AsianBangladeshi = "asian_bangladeshi", "Bangladeshi", "Bangladeshaidd";
        AsianChinese = "asian_chinese", "Chinese", "Tsieineaidd";
        AsianOther = "asian_other", "Any other Asian background", "Unrhyw gefndir Asiaidd arall";
        BlackAfrican = "black_african", "African", "Affricanaidd";
        BlackCaribbean = "black_caribbean", "Caribbean", "Caribïaidd";
        BlackOther = "black_other", "Any other Black, Black British or Caribbean background",
            "Unrhyw gefndir Du, Du Prydeinig neu Garibïaidd arall";
        OtherArab = "other_arab", "Arab", "Arabaidd";
        OtherAny = "other_any", "Any other ethnic group", "Unrhyw grŵp ethnig arall";
    }
}

impl Category {
    /// The group that the category lies in.
    pub fn group(self) -> Group {
        match self {
            Self::WhiteBritish
            | Self::WhiteIrish
            | Self::WhiteGypsyOrIrishTraveller
            | Self::WhiteRoma
            | Self::WhiteOther => Group::White,
            Self::MixedWhiteAndBlackCaribbean
            | Self::MixedWhiteAndBlackAfrican
            | Self::MixedWhiteAndAsian
            | Self::MixedOther => Group::Mixed,
            Self::AsianIndian
            | Self::AsianPakistani
            | Self::AsianBangladeshi
            | Self::AsianChinese
            | Self::AsianOther => Group::Asian,
            Self::BlackAfrican | Self::BlackCaribbean | Self::BlackOther => Group::Black,
            Self::OtherArab | Self::OtherAny => Group::Other,
        }
    }

    /// The category of 2001 that counts the same people. Gypsy or Irish Traveller and Roma fall to any other White,
    /// Arab to any other; Chinese keeps its own code but changed group.
    pub fn to_nhs_2001(self) -> NhsCategory {
        match self {
            Self::WhiteBritish => NhsCategory::WhiteBritish,
            Self::WhiteIrish => NhsCategory::WhiteIrish,
            Self::WhiteGypsyOrIrishTraveller | Self::WhiteRoma | Self::WhiteOther => NhsCategory::WhiteOther,
            Self::MixedWhiteAndBlackCaribbean => NhsCategory::MixedWhiteAndBlackCaribbean,
            Self::MixedWhiteAndBlackAfrican => NhsCategory::MixedWhiteAndBlackAfrican,
            Self::MixedWhiteAndAsian => NhsCategory::MixedWhiteAndAsian,
            Self::MixedOther => NhsCategory::MixedOther,
            Self::AsianIndian => NhsCategory::AsianIndian,
            Self::AsianPakistani => NhsCategory::AsianPakistani,
            Self::AsianBangladeshi => NhsCategory::AsianBangladeshi,
            Self::AsianChinese => NhsCategory::Chinese,
            Self::AsianOther => NhsCategory::AsianOther,
            Self::BlackAfrican => NhsCategory::BlackAfrican,
            Self::BlackCaribbean => NhsCategory::BlackCaribbean,
            Self::BlackOther => NhsCategory::BlackOther,
            Self::OtherArab | Self::OtherAny => NhsCategory::OtherAny,
        }
    }

    /// The heading that ONS gives the category in table TS021.
    pub fn ons_heading(self) -> String {
        let detail = match self {
            Self::WhiteOther => "Other White",
            Self::MixedOther => "Other Mixed or Multiple ethnic groups",
            Self::AsianOther => "Other Asian",
            Self::BlackOther => "Other Black",
            _ => self.label(crate::domain::questionnaire::Language::English),
        };
        format!("{}: {detail}", self.group().ons_heading())
    }
}
