# Writes corpus.txt, on which the test models were trained, and hard.txt, which the tests encode.
import random
random.seed(7)
subj="the camera|a photographer|my old lens|the night sky|this picture|an owl in the forest|the restored image|our neighbour's garden|the lighthouse|a tram in the rain|she|they|the small river|every street lamp".split("|")
verb="shows|hides|remembers|softens|brightens|was lost in|slowly reveals|has kept|covers|returns|does not see|carries|repeats|restores".split("|")
obj="a veil of noise|the colours of autumn|three bright windows|some rain on the glass|the shadow under the bridge|what the darkness took|fine detail, 1/60 s at f/2.8|a face we knew in 1987|mist and grain|the low light of December|blur, streaks and haze|an underexposed corner (ISO 6400)|the first snow|café tables|naïve drawings".split("|")
end=".|!|?|; nobody knows why.|, and then again.| - at last.| because it is too dark.| after the storm has passed.| while we wait for the train.".split("|")
with open('corpus.txt','w') as f:
    for i in range(4000):
        f.write(random.choice(subj).capitalize()+" "+random.choice(verb)+" "+random.choice(obj)+random.choice(end)+"\n")
words=[]
with open('hard.txt','w') as f:
    base=open('corpus.txt').read().split('\n')[:150]
    fixed=["Hello world","","   leading and  double   spaces  ","tabs\tand\u00a0no-break\u3000ideographic","ＦＵＬＬ width Ａ１２","ﬁne ligature ﬂow","é versus e\u0301, Å and A\u030a","日本語 のテキスト","emoji 😀😃 and 𝒳𝒴 math","Ωmega Привет мир","½ ⅓ ² ™ ℃ №","zero\u200bwidth\u200djoin \ufeffbom","soft\u00adhyphen","<s> </s> <unk> <pad> <0x41> <mask>","▁already ▁ marked","control \x01 \x07 chars","…ellipsis “quotes” ‘single’","<br> &amp; 100% $5 #tag @home","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","<image> in <image> between<image>","가각 한글","ﷺ ﷲ","\u1100\u1161\u11a8","x"*300, "tab\tend\t", " ", "\u3000", "\u2028line", "ǆ ĳ ŉ", "ゕ゙ が ｶﾞ", "a\u0323\u0307 q\u0307\u0323"]
    rnd=[]
    alpha="abcdefgh   theandin.,!?éß日本Ω😀\u0301０ａ▁<>0x\u00a0"
    for i in range(400): rnd.append("".join(random.choice(alpha) for _ in range(random.randint(1,40))))
    for l in base+fixed+rnd: f.write(l.replace("\n"," ").replace("\r"," ")+"\n")
