using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>Reads a SentencePiece <c>.model</c>, such as <c>spiece.model</c> and <c>tokenizer.model</c>.</summary>
/// <remarks>The fields' numbers are those of <c>sentencepiece_model.proto</c>; what is not needed is skipped.</remarks>
internal static class SentencePieceFile
{
    private const int Unigram = 1;
    private const int BytePair = 2;

    public static SentencePieceModel Read(ReadOnlySpan<byte> file)
    {
        var pieces = new List<Piece>();
        var trainer = new Trainer();
        var rules = new SentencePieceRules();
        var reader = new ProtobufReader(file);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 1:
                    if (pieces.Count == TokenizerFile.MaxPieces)
                        throw new InvalidCheckpointException($"The vocabulary has more than {TokenizerFile.MaxPieces} pieces, which is the most that is allowed.");
                    pieces.Add(ReadPiece(reader.Bytes(), pieces.Count));
                    break;
                case 2: trainer = ReadTrainer(reader.Bytes()); break;
                case 3: rules = ReadNormalizer(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        if (trainer.Kind is not (Unigram or BytePair))
            throw new InvalidCheckpointException($"The model is of type {trainer.Kind}; 1 (unigram) and 2 (byte pairs) are offered.");
        return new SentencePieceModel(pieces, trainer.Kind == Unigram, rules with
        {
            ByteFallback = trainer.ByteFallback,
            SpaceAsSuffix = trainer.SpaceAsSuffix,
            BeginPiece = trainer.Begin,
            EndPiece = trainer.End,
            PaddingPiece = trainer.Padding,
        });
    }

    private static Piece ReadPiece(ReadOnlySpan<byte> message, int id)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 1: text = reader.Text(); break;
                case 2: score = reader.Single(); break;
                case 3: kind = (PieceKind)reader.Whole(); break;
                default: reader.Skip(); break;
            }
        }

        return Enum.IsDefined(kind) ? new Piece(text, score, kind) : throw new InvalidCheckpointException($"Piece {id} is of type {(int)kind}; 1 to 6 is allowed.");
    }

    private static Trainer ReadTrainer(ReadOnlySpan<byte> message)
    {
        var trainer = new Trainer();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 3: trainer = trainer with { Kind = reader.Whole() }; break;
                case 24: trainer = trainer with { SpaceAsSuffix = reader.Flag() }; break;
                case 35: trainer = trainer with { ByteFallback = reader.Flag() }; break;
                case 46: trainer = trainer with { Begin = reader.Text() }; break;
                case 47: trainer = trainer with { End = reader.Text() }; break;
                case 48: trainer = trainer with { Padding = reader.Text() }; break;
                default: reader.Skip(); break;
            }
        }

        return trainer;
    }

    private static SentencePieceRules ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var rules = new SentencePieceRules();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 2: rules = rules with { CharacterMap = reader.Bytes().ToArray() }; break;
                case 3: rules = rules with { AddDummyPrefix = reader.Flag() }; break;
                case 4: rules = rules with { RemoveExtraSpaces = reader.Flag() }; break;
                case 5: rules = rules with { EscapeSpaces = reader.Flag() }; break;
                default: reader.Skip(); break;
            }
        }

        return rules;
    }

    private sealed record Trainer(
        int Kind = Unigram, bool SpaceAsSuffix = false, bool ByteFallback = false, string Begin = "<s>", string End = "</s>", string Padding = "<pad>");
}
