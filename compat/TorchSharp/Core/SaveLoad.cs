namespace TorchSharp;

public static partial class torch
{
    public static void save(Tensor t, string location) => t.save(location);
    public static Tensor load(string location) => Tensor.load(location);

    public partial class Tensor
    {
        /// <summary>Writes this tensor in TorchSharp's format (not a PyTorch pickle).</summary>
        public void save(string location)
        {
            using var writer = new BinaryWriter(File.Create(location));
            TensorFormat.Write(this, writer);
        }

        public static Tensor load(string location)
        {
            using var stream = File.OpenRead(location);
            return Load(stream);
        }

        public static Tensor Load(string location) => load(location);

        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            return Load(reader);
        }

        public static Tensor Load(BinaryReader reader) => TensorFormat.Read(reader, skip: false)!;
    }
}
